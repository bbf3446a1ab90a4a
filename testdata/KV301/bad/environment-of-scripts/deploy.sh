#!/bin/sh
export TF_VAR_location=westeurope
export TF_VAR_db_password="Qn6-tHx3-Vz8c" # expect: KV301
TF_VAR_api_key='Mj2-kBw5-Rg9y' terraform apply # expect: KV301
export TF_VAR_queue="Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKey=Ab1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cQr1=" # expect: KV301
