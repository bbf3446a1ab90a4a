@export()
type clerkType = {
  name: string
  @secure()
  password: string
}
