package main

import (
	"archive/tar"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func (o *options) imageOf(files map[string][]byte) (v1.Image, error) {
	created := time.Now()
	if o.reproducible {
		created = time.Time{}
	}
	layer, err := layerOf(files, created)
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for _, label := range o.labels {
		key, value, _ := strings.Cut(label, "=")
		labels[key] = value
	}
	config := &v1.ConfigFile{OS: "linux", Architecture: "amd64", Created: v1.Time{Time: created}}
	if o.platform != "" {
		config.OS, config.Architecture, _ = strings.Cut(o.platform, "/")
	}
	config.Config.Labels = labels
	config.RootFS.Type = "layers"
	diff, err := layer.DiffID()
	if err != nil {
		return nil, err
	}
	config.RootFS.DiffIDs = []v1.Hash{diff}
	image, err = mutate.ConfigFile(image, config)
	if err != nil {
		return nil, err
	}
	annotations := map[string]string{}
	for _, annotation := range o.annotations {
		key, value, _ := strings.Cut(annotation, "=")
		annotations[key] = value
	}
	return mutate.Annotations(image, annotations).(v1.Image), nil
}

func layerOf(files map[string][]byte, modified time.Time) (v1.Layer, error) {
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	names := []string{}
	for file := range files {
		names = append(names, file)
	}
	sort.Strings(names)
	for _, file := range names {
		header := &tar.Header{Name: file, Mode: 0o644, Size: int64(len(files[file])), ModTime: modified}
		if err := writer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(files[file]); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	content := buffer.Bytes()
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	})
}

func (o *options) pushCacheLayer(key string) error {
	layer, err := layerOf(map[string][]byte{"cache": []byte(key)}, time.Now())
	if err != nil {
		return err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return err
	}
	digest, err := image.Digest()
	if err != nil {
		return err
	}
	destination := o.cacheRepo + ":" + digest.Hex
	// pushLayerToCache does not clear DigestFile: the cache image's digest stands in it for a while.
	if err := o.writeDigest(digest.String()); err != nil {
		return err
	}
	info("Pushing image to %s", destination)
	if err := o.push(destination, image); err != nil {
		return err
	}
	return record([]string{destination}, digest.String())
}

func (o *options) push(destination string, image v1.Image) error {
	tag, transport, err := o.access(destination)
	if err != nil {
		return err
	}
	return remote.Write(tag, image, remote.WithTransport(transport), remote.WithAuthFromKeychain(authn.DefaultKeychain))
}

func (o *options) pull(base string) error {
	tag, transport, err := o.access(base)
	if err != nil {
		return err
	}
	_, err = remote.Get(tag, remote.WithTransport(transport), remote.WithAuthFromKeychain(authn.DefaultKeychain))
	return err
}

func (o *options) checkPush(destination string) error {
	tag, transport, err := o.access(destination)
	if err != nil {
		return err
	}
	return remote.CheckPushPermission(tag, authn.DefaultKeychain, transport)
}

func (o *options) access(destination string) (name.Reference, http.RoundTripper, error) {
	host, _, _ := strings.Cut(destination, "/")
	naming := []name.Option{name.WeakValidation}
	if o.insecure[host] {
		naming = append(naming, name.Insecure)
	}
	reference, err := name.ParseReference(destination, naming...)
	if err != nil {
		return nil, nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, nil, err
	}
	if path := o.certificates[host]; path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, fmt.Errorf("making transport for registry %q: failed to load certificate %s for %s: %w", host, path, host, err)
		}
		// A file that is no certificate is silently ignored, as kaniko does.
		pool.AppendCertsFromPEM(pem)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	if paths := o.clientCertificates[host]; paths != "" {
		certificate, key, _ := strings.Cut(paths, ",")
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, nil, err
		}
		transport.TLSClientConfig.Certificates = []tls.Certificate{pair}
	}
	return reference, transport, nil
}
