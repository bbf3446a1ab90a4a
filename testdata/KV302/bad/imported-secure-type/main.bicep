import { stampType, plateType } from 'types.bicep'
import * as types from 'types.bicep'

param stamp stampType
param spare types.stampType?
param plate plateType

output length int = length(stamp) + length(spare ?? '') + length(plate)
