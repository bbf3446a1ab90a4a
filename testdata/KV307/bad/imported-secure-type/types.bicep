@export()
type sealType = {
  name: string
  @secure()
  password: string?
}
