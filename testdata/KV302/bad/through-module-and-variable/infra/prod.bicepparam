using 'main.bicep'

var shared = 'Hq3.vT8m.Zr6x' // expect: KV302

param dbSecret = shared
