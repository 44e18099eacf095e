package stream

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// lacking adds to a broker's refusal which right lacks on what: the refusal itself says neither. right and topic are what was asked
// for; topic is "" where it was about no topic, or nobody knows about which. Other errors stay as they are.
func (s *Stage) lacking(right, topic string, err error) error {
	switch {
	case errors.Is(err, kerr.TopicAuthorizationFailed) && topic != "":
		return fmt.Errorf("the right %s on topic %s lacks: %w", right, topic, err)
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return fmt.Errorf("the right Read on group %s lacks: %w", s.opts.Group, err) // which includes to describe it
	case errors.Is(err, kerr.TransactionalIDAuthorizationFailed):
		return fmt.Errorf("the right Write on the transactional ids that begin with %s. lacks: %w", s.opts.Group, err)
	default:
		return err
	}
}
