using './main.bicep'

param tag = readEnvironmentVariable('IMAGE_TAG')
