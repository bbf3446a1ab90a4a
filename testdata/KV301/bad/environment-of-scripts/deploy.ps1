$env:TF_VAR_location = "westeurope"
$env:TF_VAR_db_password = "Dz7-vLm4-Xs1p" # expect: KV301
terraform apply
