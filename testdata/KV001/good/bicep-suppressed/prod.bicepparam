/* kvlint: ignore-file[KV001] filled in by the release */
using 'main.bicep'
param location = #{location}#
