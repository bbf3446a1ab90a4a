param unused string
param location string = 'westeurope'

output place string = location
