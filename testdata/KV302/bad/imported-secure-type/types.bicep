@export()
@secure()
type stampType = string

@export()
type plateType = string
