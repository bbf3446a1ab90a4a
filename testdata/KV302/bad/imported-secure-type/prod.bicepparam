using './main.bicep'

param stamp = 'Rq8-vlXc-73Tn' // expect: KV302
param spare = 'Hb2-wmJd-58Fs' // expect: KV302
param plate = 'Jd4-bnKw-19Vz'
