param artifacts string
@secure()
param sasToken string
@secure()
param settings object

var common = {
  script: '${artifacts}setup.sh${sasToken}'
  host: 'shop.contoso.com'
}

output script string = common.script // expect: KV307
output databasePassword string = settings.databasePassword // expect: KV307
output all object = settings // expect: KV307
