output prefix string = 'shop'
