vault_entries = {
  smtp-login    = "Fx8-rNq2-Kw4z" # expect: KV301
  payment-login = "Tc5-hVb9-Ym3d" # expect: KV301
  spare-login   = "changeme"
}
services = {
  api = {
    login   = "Ps6-gJd1-Xn7k" # expect: KV301
    replica = 2
  }
  web = {
    login   = "not-set"
    replica = 1
  }
}
