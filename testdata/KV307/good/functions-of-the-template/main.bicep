func listNames(prefix string) array => ['${prefix}-a', '${prefix}-b']

output names array = listNames('shop')
