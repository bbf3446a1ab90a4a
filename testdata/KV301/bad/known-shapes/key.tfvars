deployment = {
  certificate = <<-PEM
    -----BEGIN RSA PRIVATE KEY-----
    c3ludGhldGljIHRleHQsIG5vIGtleSBhdCBhbGw=
    -----END RSA PRIVATE KEY-----
  PEM
}
