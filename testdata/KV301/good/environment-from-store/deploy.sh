#!/bin/sh
# TF_VAR_db_password=Rk5-wNc8-Zt3m terraform apply
export TF_VAR_api_key=$API_KEY
export TF_VAR_db_password=`cat /run/secrets/db`
export TF_VAR_password_file=/run/secrets/Db-01
TF_VAR_smtp_password='changeme' terraform plan
