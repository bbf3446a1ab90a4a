import { clerkType } from 'types.bicep'

param clerks clerkType[]

output names array = [for clerk in clerks: clerk.name]
