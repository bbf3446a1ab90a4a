"""Templates of the Azure Resource Manager, written in Bicep or in JSON."""
