using 'main.bicep'

param settings = {
  dbHost: 'sql-shop.contoso.com'
  dbPassword: 'Wd7-kqRz-41Lm' // expect: KV302
}
