using 'main.bicep'

var server = 'sql-shop'

param database = 'Server=${server};User Id=shop;Password=Wd7-kqRz-41Lm' // expect: KV302
