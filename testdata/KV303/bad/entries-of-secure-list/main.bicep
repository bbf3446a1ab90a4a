module desk 'desk.bicep' = {
  name: 'desk'
  params: {
    clerks: [
      {
        name: 'front-desk'
        password: 'Zk4-htQb-66Wp' // expect: KV303
      }
    ]
  }
}
