using 'main.bicep'

param apiKey = readEnvironmentVariable('API_KEY', 'Wd7-kqRz-41Lm') // expect: KV302
