"""The functions of Bicep and of ARM templates that need no deployment."""
