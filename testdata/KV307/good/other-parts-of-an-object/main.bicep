param artifacts string
@secure()
param sasToken string
@secure()
param settings object

var common = {
  script: '${artifacts}setup.sh${sasToken}'
  host: 'shop.contoso.com'
  login: 'shopadmin'
}

output host string = common.host
output login string = common['login']
output databaseHost string = settings.databaseHost
