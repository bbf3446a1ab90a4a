using './main.bicep'

param token = 'Wd7-kqRz-41Lm' // expect: KV302
