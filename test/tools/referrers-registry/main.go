// A registry in memory that has the OCI referrers API, which CNCF distribution has not.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: referrers-registry ADDRESS CERTIFICATE KEY; an empty CERTIFICATE means plain HTTP")
	}
	address, certificate, key := os.Args[1], os.Args[2], os.Args[3]
	handler := inOrderOfArrival(registry.New(registry.WithReferrersSupport(true)))
	if certificate == "" {
		log.Fatal(http.ListenAndServe(address, handler))
	}
	log.Fatal(http.ListenAndServeTLS(address, certificate, key, handler))
}
