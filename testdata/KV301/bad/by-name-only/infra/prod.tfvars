location          = "westeurope"
registry_password = "Vr3-zKp7-Qd9h" # expect: KV301
smtp = {
  host     = "smtp-relay-07.internal"
  apiToken = "Lw8_mXc2_Tn5s" # expect: KV301
}
webhook_secrets = ["Gk1-pYv6-Bj4r"] # expect: KV301
