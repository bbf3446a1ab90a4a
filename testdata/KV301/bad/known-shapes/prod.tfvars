# None of these names says what the value is: the value itself does.
blob    = "DefaultEndpointsProtocol=https;AccountName=stshop;AccountKey=Ab1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cAb1cQr==" # expect: KV301
sql     = "Server=tcp:sql-shop.database.windows.net;User ID=shop;Password=Gz4-wLk8-Vb2t;" # expect: KV301
brokers = ["amqps://shop:Nf9-xQm3-Hc6j@mq-shop.internal:5671"] # expect: KV301
cache   = "cache-shop.redis.cache.windows.net:6380,password=Uy5-tBs1-Dk8q,ssl=True" # expect: KV301
