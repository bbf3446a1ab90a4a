$env:TF_VAR_db_password = "$(Get-Content ./db.txt)"
$env:TF_VAR_api_key = $ApiKey
