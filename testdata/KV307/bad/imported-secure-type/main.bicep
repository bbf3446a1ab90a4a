import { sealType } from './types.bicep'
import * as types from './types.bicep'

param seal sealType
param spare types.sealType?
param others sealType[]

output name string = seal.name
output spareName string = spare.?name ?? 'none'
output password string = seal.password // expect: KV307
output sparePassword string = spare.?password ?? '' // expect: KV307
output all array = others // expect: KV307
