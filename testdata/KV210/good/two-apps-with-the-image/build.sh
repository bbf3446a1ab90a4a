docker build -t "$REGISTRY/api:$TAG" api
docker push "$REGISTRY/api:$TAG"
