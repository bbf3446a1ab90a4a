type certificateType = {
  name: string
  @secure()
  pfx: string
}

param certificate certificateType

output name string = certificate.name
output summary object = {
  kind: certificate.name
}
