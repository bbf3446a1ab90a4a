param server string

var connection = 'Server=${server};User Id=shop;Password=Hq3.vT8m.Zr6x' // expect: KV303

output set bool = !empty(connection)
