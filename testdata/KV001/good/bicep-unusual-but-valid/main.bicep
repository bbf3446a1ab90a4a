metadata description = '''
Several lines, with 'quotes' and ${no interpolation}.
'''

@description('Who may read.')
@allowed(['api', 'worker'])
param readers array = [
  'api'
  'worker'
]
@secure()
param dbPassword string?
param tags { owner: string, *: string } = { owner: 'shop' }

type Role = 'reader' | 'writer'

func vaultName(prefix string, number int) string => '${prefix}-${padLeft(number, 3, '0')}'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName('kv-shop', 1)
  resource password 'secrets' = if (!empty(dbPassword)) {
    name: 'db-password'
    properties: { value: dbPassword! }
  }
}

var named = toObject(readers, reader => reader, reader => { name: 'ca-${reader}' })

module apps 'apps.bicep' = [for (reader, index) in readers: if (index < 10) {
  name: 'app-${index}'
  params: {
    name: named[?reader].?name ?? 'none'
    url: vault::password.?properties.secretUri
    ...tags
  }
}]

output names string[] = [for index in range(0, length(readers)): apps[index].outputs.name]
