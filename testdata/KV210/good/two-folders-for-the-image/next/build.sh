docker build -t "$REGISTRY/api:$TAG" next
docker push "$REGISTRY/api:$TAG"
