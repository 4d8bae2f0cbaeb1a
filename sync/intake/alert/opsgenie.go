package alert

import (
	"encoding/json"
	"strings"
	"time"

	"holdfast/model"
)

type opsgenieAlert struct {
	ID          string    `json:"id"`
	Alias       string    `json:"alias"`
	Message     string    `json:"message"`
	Description string    `json:"description"`
	Status      string    `json:"status"`
	Tags        []string  `json:"tags"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	Source      string    `json:"source"`
	Owner       string    `json:"owner"`
	Priority    string    `json:"priority"`
	Acked       bool      `json:"acknowledged"`
	Report      struct {
		AckTime   int64  `json:"ackTime"` // ms after createdAt
		CloseTime int64  `json:"closeTime"`
		AckedBy   string `json:"acknowledgedBy"`
	} `json:"report"`
}

func readOpsgenie(b []byte, _ time.Time) (batch Batch, err error) {
	var w struct {
		Data json.RawMessage `json:"data"`
	}
	if err := unmarshal(b, &w); err != nil {
		return Batch{}, err
	}
	var list []opsgenieAlert
	if data := strings.TrimSpace(string(w.Data)); strings.HasPrefix(data, "{") {
		list = make([]opsgenieAlert, 1)
		err = unmarshal(w.Data, &list[0]) // one alert by its id
	} else if data != "" {
		err = unmarshal(w.Data, &list)
	}
	if err != nil {
		return Batch{}, err
	}
	for _, a := range list {
		f := model.AlertFact{
			Source: Opsgenie, Fingerprint: first(a.Alias, a.ID), Class: a.Priority, What: a.Message, Why: a.Description,
			Labels: strings.Join(append([]string{"source=" + a.Source}, a.Tags...), " "), At: a.CreatedAt,
		}
		if a.Report.AckTime > 0 {
			f.Acknowledged, f.AckBy = after(a.CreatedAt, a.Report.AckTime), first(a.Report.AckedBy, a.Owner)
		}
		if a.Status == "closed" {
			if f.Ended = a.UpdatedAt; a.Report.CloseTime > 0 {
				f.Ended = after(a.CreatedAt, a.Report.CloseTime)
			}
		}
		batch.Facts = append(batch.Facts, f)
	}
	return batch, nil
}

// after adds milliseconds; a figure beyond ten years is none.
func after(t time.Time, ms int64) time.Time {
	if ms > int64(10*366*24*time.Hour/time.Millisecond) {
		return time.Time{}
	}
	return t.Add(time.Duration(ms) * time.Millisecond)
}
