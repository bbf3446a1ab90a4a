# kvlint: ignore[KV301] no secret at all # expect: KV003
export TF_VAR_location=westeurope
