#!/bin/sh
az aks update --name aks-shop --resource-group rg-shop --enable-workload-identity
