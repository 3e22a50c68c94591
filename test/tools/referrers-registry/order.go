package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// inOrderOfArrival lists referrers in the order in which they were pushed. The registry underneath keeps
// them in a map, and a client that looks at the last one only would see another one each time.
func inOrderOfArrival(registry http.Handler) http.Handler {
	var lock sync.Mutex
	var arrived []string
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		isList := request.Method == http.MethodGet && strings.Contains(request.URL.Path, "/referrers/")
		isPush := request.Method == http.MethodPut && strings.Contains(request.URL.Path, "/manifests/")
		if !isList && !isPush {
			registry.ServeHTTP(response, request)
			return
		}
		answer := httptest.NewRecorder()
		registry.ServeHTTP(answer, request)
		body := answer.Body.Bytes()
		lock.Lock()
		digest := answer.Header().Get("Docker-Content-Digest")
		if isPush && answer.Code == http.StatusCreated && !slices.Contains(arrived, digest) {
			arrived = append(arrived, digest)
		}
		if isList && answer.Code == http.StatusOK {
			body = sorted(body, arrived)
		}
		lock.Unlock()
		for name, values := range answer.Header() {
			response.Header()[name] = values
		}
		response.Header().Del("Content-Length")
		response.WriteHeader(answer.Code)
		response.Write(body)
	})
}

func sorted(body []byte, arrived []string) []byte {
	var index map[string]any
	if json.Unmarshal(body, &index) != nil {
		return body
	}
	manifests, _ := index["manifests"].([]any)
	slices.SortStableFunc(manifests, func(a, b any) int {
		return place(a, arrived) - place(b, arrived)
	})
	ordered, err := json.Marshal(index)
	if err != nil {
		return body
	}
	return ordered
}

func place(manifest any, arrived []string) int {
	fields, _ := manifest.(map[string]any)
	digest, _ := fields["digest"].(string)
	return slices.Index(arrived, digest)
}
