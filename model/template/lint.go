package template

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Rule names what a warning is about.
type Rule string

// The rules of Lint.
const (
	RuleETA     Rule = "eta"     // a promised repair time
	RuleBlame   Rule = "blame"   // words that look for who, not for how
	RuleGuess   Rule = "guess"   // a cause not yet known
	RulePhrase  Rule = "phrase"  // "we take security seriously"
	RuleHost    Rule = "host"    // names and addresses of machines
	RuleOutage  Rule = "outage"  // the word, where it was not one
	RulePerson  Rule = "person"  // a name of a person
	RuleFiller  Rule = "filler"  // words that say nothing
	maxLintText      = 256 << 10 // bytes looked at; no message is longer
)

// Warning is one place a person should look at before sending. From and To are
// byte offsets in the text.
type Warning struct {
	Rule     Rule
	Found    string
	Advice   string
	From, To int
}

type lintRule struct {
	rule    Rule
	pattern *regexp.Regexp
	advice  string
}

// lintRules are compiled once and never change.
var lintRules = []lintRule{
	{
		RuleETA, regexp.MustCompile(`(?i)\b(eta|soon|shortly|any (?:minute|moment)|momentarily|almost (?:done|there|fixed)|nearly (?:done|there|fixed)|` +
			`(?:should|will|expect(?:ed)? to) be (?:back|fixed|resolved|restored|repaired|up|solved|working)|within the (?:hour|day)|in no time|` +
			`(?:back|fixed|resolved|restored|repaired|solved|working) (?:by|before|within|in) (?:\d{1,2}(?::\d\d)?|an? (?:hour|few)|noon|midnight|tonight|tomorrow))\b`),
		"promise no repair time; name the time of the next update",
	},
	{
		RuleBlame, regexp.MustCompile(`(?i)\b(faults?|blam(?:e|ed|ing)|careless(?:ly|ness)?|failed to|should have|human error|forgot(?:ten)?|obvious(?:ly)?|` +
			`negligen(?:t|ce)|incompeten(?:t|ce)|stupid|if only)\b`),
		"say what happened, not who; a cause is never a person",
	},
	{
		RuleGuess, regexp.MustCompile(`(?i)\b(probably|presumably|apparently|we (?:think|believe|suspect|guess|assume)|seems? to be caused|might be caused|may be caused|could be caused)\b`),
		"outside the room say only what is known",
	},
	{
		RulePhrase, regexp.MustCompile(`(?i)\btakes? (?:[\p{L}' ]{0,40} )?(?:security|privacy|safety|matter|this|data)(?: and [\p{L}]+)?(?: of [\p{L}' ]{0,30})? (?:very |extremely )?seriously\b`),
		"leave it out; say what was done",
	},
	{
		RuleOutage, regexp.MustCompile(`(?i)\boutages?\b`),
		"only where all of it was down; otherwise name the task that fails",
	},
	{
		RuleFiller, regexp.MustCompile(`(?i)\b(an abundance of caution|some users may|small (?:number|subset) of (?:users|customers)|inconvenience)\b`),
		"give the figure, or say that it is not known yet",
	},
	{RuleHost, hostPattern, "no names or addresses of machines; name what users see"},
}

// hostPattern finds IP addresses, names with two dots or more or an internal
// ending, and numbered machine names such as db-2.
var hostPattern = regexp.MustCompile(`(?i)\b(?:\d{1,3}\.){3}\d{1,3}\b|` +
	`(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{0,4}\b|` +
	`\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.(?:internal|local|lan|corp|intranet|cluster|svc)\b|` +
	`\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\.[a-z]{2,12}\b|` +
	`\b(?:[a-z]+-)*(?:db|web|app|api|cache|node|host|srv|server|vm|lb|proxy|redis|kafka|mysql|pg|postgres|prod|dc|rack|worker|master|primary|replica)-?[0-9]{1,4}\b`)

// Lint looks for what a message to people outside the room should not have:
// repair times, blame, guesses, machines, the names of the people given. It
// finds candidates, and a person decides: "outage" can be the right word.
func Lint(text string, names ...string) []Warning {
	if len(text) > maxLintText {
		text = strings.ToValidUTF8(text[:maxLintText], "")
	}
	var out []Warning
	for _, rule := range lintRules {
		for _, at := range rule.pattern.FindAllStringIndex(text, -1) {
			if rule.rule == RuleHost && publicAddress(text, at) {
				continue
			}
			out = append(out, Warning{Rule: rule.rule, Found: text[at[0]:at[1]], Advice: rule.advice, From: at[0], To: at[1]})
		}
	}
	out = append(out, lintNames(text, names)...)
	slices.SortStableFunc(out, func(a, b Warning) int { return a.From - b.From })
	return out
}

// publicAddress says that a match is part of a link, a mail address or the
// name of a public page.
func publicAddress(text string, at []int) bool {
	start := strings.LastIndexAny(text[:at[0]], " \n\t(<\"'") + 1
	end := len(text)
	if i := strings.IndexAny(text[at[1]:], " \n\t)>\"',;"); i >= 0 {
		end = at[1] + i
	}
	whole := strings.ToLower(text[start:end])
	return strings.Contains(whole, "://") || strings.Contains(whole, "@") ||
		strings.HasPrefix(whole, "status.") || strings.HasPrefix(whole, "www.")
}

// minName is the shortest part of a name looked for: shorter ones are words.
const minName = 3

func lintNames(text string, names []string) []Warning {
	var out []Warning
	for _, name := range names {
		for _, part := range append([]string{name}, strings.Fields(name)...) {
			if len(part) < minName {
				continue
			}
			for from := 0; ; {
				i := strings.Index(text[from:], part)
				if i < 0 {
					break
				}
				at := [2]int{from + i, from + i + len(part)}
				from = at[1]
				if within(out, at) || !wordEdges(text, at) {
					continue
				}
				out = append(out, Warning{Rule: RulePerson, Found: part, Advice: "no names of people outside the room; write the role", From: at[0], To: at[1]})
			}
		}
	}
	return out
}

// within reports whether a place was told of already: a first name within the
// whole name is no second finding.
func within(told []Warning, at [2]int) bool {
	return slices.ContainsFunc(told, func(w Warning) bool { return w.From <= at[0] && at[1] <= w.To })
}

func wordEdges(text string, at [2]int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
	after, _ := utf8.DecodeRuneInString(text[at[1]:])
	return !isWord(before) && !isWord(after)
}
