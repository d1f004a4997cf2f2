package kafka

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// RegistryFiles are a schema registry as a configuration states it: one that
// speaks Confluent's interface, as those of Confluent, Redpanda, Karapace and
// Apicurio do. The password stands in a file of its own.
type RegistryFiles struct {
	URL          string    `json:"url"`                   // https, or http on a network that is trusted
	User         string    `json:"user,omitzero"`         // none: the registry is not told who we are, but by a certificate
	PasswordFile string    `json:"passwordFile,omitzero"` // its first line
	TLS          *TLSFiles `json:"tls,omitzero"`          // none: the machine's own authorities are trusted
}

// registryPatience bounds one request to a registry.
const registryPatience = 30 * time.Second

// Registry is a schema registry.
type Registry struct{ client *sr.Client }

// Registry reads the files. Nothing is said to the registry yet.
func (f RegistryFiles) Registry() (*Registry, error) {
	at, err := url.Parse(f.URL)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || at.User != nil {
		return nil, errors.New("kafka: registry: its URL is http or https, and names no user")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if f.TLS != nil {
		if transport.TLSClientConfig, err = f.TLS.config(); err != nil {
			return nil, err
		}
	}
	options := []sr.ClientOpt{sr.URLs(f.URL), sr.UserAgent("caseledger"), sr.HTTPClient(&http.Client{Timeout: registryPatience, Transport: transport})}
	if f.User != "" || f.PasswordFile != "" {
		password, err := password(f.User, f.PasswordFile)
		if err != nil {
			return nil, err
		}
		options = append(options, sr.BasicAuth(f.User, password))
	}
	client, err := sr.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("kafka: registry: %w", err)
	}
	return &Registry{client}, nil
}

// RegisterJSON registers a JSON Schema for the values of a topic, as the next
// version of the subject TOPIC-value where it is not one already, and returns
// what each value begins with: a zero byte and the schema's number in four bytes,
// as Confluent's serializers write it. The error says so where the registry finds
// the schema incompatible with those before it.
func (r *Registry) RegisterJSON(ctx context.Context, topic string, schema []byte) ([]byte, error) {
	id, err := r.client.RegisterSchema(ctx, topic+"-value", sr.Schema{Schema: string(schema), Type: sr.TypeJSON}, -1, -1)
	if err != nil {
		return nil, fmt.Errorf("kafka: registry: topic %s: %w", topic, err)
	}
	return new(sr.ConfluentHeader).AppendEncode(nil, id, nil)
}
