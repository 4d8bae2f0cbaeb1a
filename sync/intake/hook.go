package intake

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"holdfast/sync/guard"
	"holdfast/sync/intake/pagerhook"
)

// HookPath is where PagerDuty tells who answered a page. The signature of the
// body lets it in, and no token.
const HookPath = "/pagerduty"

// ErrLater is wrapped where an answer is for a call that is not known here yet:
// the record may be behind that of the device which made the call.
var ErrLater = errors.New("not known here yet")

// hooked is what became of a webhook.
type hooked struct {
	Status string `json:"status"` // taken or ignored
	Why    string `json:"why,omitempty"`
}

// serveHook takes in one answer. What is understood and changes nothing is
// answered well, or it would be sent again and again.
func (in *Intake) serveHook(w http.ResponseWriter, r *http.Request) {
	leave, ok := in.enter(w, r)
	if !ok {
		return
	}
	defer leave()
	why, err := in.takeHook(w, r)
	var ignored pagerhook.Ignored
	switch {
	case errors.As(err, &ignored):
		in.Log.Info("webhook ignored", "why", string(ignored))
		reply(w, http.StatusOK, hooked{"ignored", string(ignored)})
	case err != nil:
		in.answer(w, r, err)
	default:
		reply(w, http.StatusOK, hooked{"taken", why})
	}
}

func (in *Intake) takeHook(w http.ResponseWriter, r *http.Request) (note string, err error) {
	sender, now := guard.Address(r), in.Now()
	if err := in.admit(w, r, sender, now); err != nil {
		return "", err
	}
	body, err := read(w, r, pagerhook.MaxBody)
	if err != nil {
		return "", err
	}
	secret, err := in.Secret()
	if err != nil || len(secret) < guard.MinToken || !pagerhook.Signed(strings.Join(r.Header.Values(pagerhook.SignatureHeader), ","), body, secret) {
		in.strangers.Take(sender, now)
		return "", unsigned
	}
	if err := in.paced(now); err != nil {
		return "", err
	}
	a, err := pagerhook.Read(body)
	if errors.Is(err, pagerhook.ErrInvalid) {
		return "", fault{http.StatusBadRequest, err.Error()}
	}
	if err != nil {
		return "", err
	}
	return in.answered(r.Context(), a)
}

// answered hands an answer on.
func (in *Intake) answered(ctx context.Context, a pagerhook.Answer) (note string, err error) {
	note, err = in.Answer(ctx, a)
	switch {
	case err == nil:
		return note, nil
	case errors.Is(err, ErrRejected):
		return "", pagerhook.Ignored(err.Error())
	case errors.Is(err, ErrLater):
		return "", fault{http.StatusServiceUnavailable, err.Error()}
	}
	in.Log.Error("answer to a page not written", "event", a.Event, "error", err)
	return "", fault{http.StatusServiceUnavailable, "the answer could not be written; try again"}
}

var unsigned = fault{http.StatusUnauthorized, "the signature is missing or wrong: `config set pagerduty.webhook-secret` takes the secret that PagerDuty showed when the subscription was made"}
