// Reads Kubernetes manifests (YAML documents) from standard input by the types of Kubernetes itself, strictly: an
// unknown or doubled field is an error. Kinds that are not of Kubernetes are named and passed over.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	serializer := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
		json.SerializerOptions{Yaml: true, Strict: true})
	reader := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	wrong := 0
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_, kind, err := serializer.Decode(document, nil, nil)
		switch {
		case runtime.IsMissingKind(err):
			continue // A document of nothing but comments.
		case runtime.IsNotRegisteredError(err):
			fmt.Printf("%s: not of Kubernetes, not looked at\n", kind.Kind)
		case err != nil:
			wrong++
			fmt.Fprintf(os.Stderr, "%v: %v\n", kind, err)
		default:
			fmt.Printf("%s: ok\n", kind.Kind)
		}
	}
	if wrong > 0 {
		os.Exit(1)
	}
}
