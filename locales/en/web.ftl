# Words on the pages.
web-skip = Skip to the content
web-demo-banner = A sample regency: people, devices and figures here are invented.
web-nav = Main menu
web-nav-home = Home
web-nav-runs = Runs
web-nav-status = Connection
web-nav-complaints = Complaints
web-dark = Dark theme
web-light = Light theme
web-greeting = Welcome, { $name }
web-welcome = Welcome.
web-waiting = Waiting for you
web-waiting-none = Nothing waits for you.
web-waits-issue = The order “{ $run }” waits for your signature.
web-waits-dispose = The order “{ $run }” waits for your disposition.
web-waits-teams = { $run } waits for you to form its teams.
web-waits-reports =
    { $count ->
        [one] { $count } report
       *[other] { $count } reports
    } of { $run } { $count ->
        [one] waits
       *[other] wait
    } for your acceptance.
web-waits-step = { $run } waits for you at its next step.
web-look = Look
web-look-and-issue = Look and issue
web-look-and-dispose = Look and dispose
web-order-scope =
    { $sites ->
        [one] { $sites } site
       *[other] { $sites } sites
    }, valid until { $until }
web-late = Late
web-late-none = Nothing is late.
web-late-in-run =
    { $count ->
        [one] { $count } thing is
       *[other] { $count } things are
    } late in { $run }.
web-late-more = And { $count } more.
web-late-plan = { $what } (against the plan)
web-late-by = { $what } over
web-late-running = still running
web-late-ended = ended
web-cause = cause: { $what }
web-more-runs = Further runs
web-met-of = { $met } of { $targets } sites met
web-reports-of = { $accepted } of { $reports } reports accepted
web-down = Without connection
web-down-none = All sites are connected.
web-down-none-known =
    No site is known to be down; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-some =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection.
web-down-some-unknown =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-nothing-watched = No device is watched yet.
web-down-for = for { $time }
web-down-all = See all sites
web-act-as = Act as
web-act-as-why = This is the demo: choose one of the sample people and do their part.
web-act-as-go = Act as this person
web-person = Sample person
web-filter-open = Open
web-filter-unsettled = Unsettled
web-filter-all = All
web-opened = opened { $what }
web-runs-none = No run is open.
web-next = Next
web-order = Order
web-order-number = Number
web-order-signed = Signed
web-order-purpose = Purpose
web-order-sites = Sites
web-order-validity = Valid
web-order-to = Addressed to
web-order-named = Assigns
web-order-drafted = Drafted
web-order-initials = Initials
web-order-sent-back = Sent back by { $name }: { $note }
web-order-waits-signature = Waits for the signature of { $who }.
web-order-waits-disposition = Waits for the disposition of { $who }.
web-by-at = { $name }, { $at }
web-from-until = { $from } until { $until }
web-disposed = Disposition by { $from } ({ $name }) to { $to }, { $at }, { $urgency }: { $instruction }
web-issue = Issue
web-send-back = Send back
web-send-back-instead = Send back with a note
web-send-back-note = Note for the drafter
web-dispose = Dispose
web-dispose-to = Passed on to
web-urgency = Urgency
web-urgency-ordinary = ordinary
web-urgency-urgent = urgent
web-urgency-immediate = immediate
web-urgency-secret = secret
web-deadline = Deadline
web-instruction = Instruction
web-instruction-usual = Carry this out according to the order and report the result.
web-paper = Order (PDF)
web-paper-draft = Draft of the order (PDF)
web-paper-disposition = Disposition sheet (PDF)
web-news-issued = The order is issued under number { $number }.
web-news-sent-back = The draft went back to its drafter.
web-news-disposed = The disposition is recorded.
web-steps = Steps of the procedure
web-step-order = Order
web-step-disposition = Disposition
web-step-team = Teams
web-step-visit = Visits
web-step-report = Reports
web-step-record = Record
web-step-decision = Decision
web-step-approval = Approval
web-step-confirm = Confirmation
web-step-draft = being drafted
web-step-since = since { $time } ago
web-state-done = done
web-state-open = running
web-state-late = late
web-state-waiting = not begun
web-teams =
    { $count ->
        [one] { $count } team
       *[other] { $count } teams
    }
web-clock-of = { $counted } of { $standard }
web-clocks-within = standard { $standard }, all within
web-clocks-over = standard { $standard }, { $over } of { $count } over
web-final-report = final report
web-progress = Progress
web-figure-met = Met
web-figure-overdue = Overdue
web-figure-failed = Failed visits
web-figure-complaints = Open complaints
web-pace-needed =
    { $pace } sites a working day are needed; { $days ->
        [one] { $days } working day is
       *[other] { $days } working days are
    } left.
web-pace-now = So far { $pace } sites a working day; at this pace it ends on { $day }.
web-minutes-planned = By the standards { $planned } in all, forecast { $forecast }.
web-targets = Targets
web-site = Site
web-sites = Sites
web-district = District
web-team = Team
web-planned = Planned
web-due = Due
web-past = past
web-standing = Standing
web-complaints-short = complaints
web-target-planned = planned
web-target-under-way = under way
web-target-attempted = attempted
web-target-met = met
web-target-excused = excused
web-status-title = State of the connections
web-services-hit = Services that are hit
web-as-of = As of { $what }
web-connection = Connection
web-connected = connected
web-without = without connection
web-unknown = unknown
web-since = Since
web-look-at = Device to look at
web-last-seen = Last looked at
web-ago = { $time } ago
web-never-seen = never
web-number = Number
web-symptom = Symptom
web-received = Received
web-priority = Priority
web-complaints-none = There are no complaints.
web-complaint-at-step = step { $step }
web-complaint-ended = settled
web-symptom-down = no connection
web-symptom-slow = slow
web-symptom-flapping = comes and goes
web-symptom-wireless = wireless only
web-symptom-application = one application only
web-symptom-damage = damaged device
web-symptom-request = request or question
web-symptom-other = other
web-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
web-hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
web-minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
web-failure = This cannot be done
web-who-could = Who could do it now
web-incident = Incident: { $what }
web-back = Back
web-error-not-found = There is no such thing.
web-error-method = This address does not take that method.
web-error-too-large = The form is too large.
web-error-host = This address answers only under the name of this machine.
web-error-forbidden = You may not do this.
web-error-bad-request = The request cannot be read. Go back and try again.
web-error-internal = Something failed on our side and nothing was changed. Tell the administrator the incident number.
web-error-elsewhere = This form was sent from elsewhere, so it is not accepted.
web-error-token = This page is out of date. Load it again, then send once more.
web-error-conflict = Somebody else has just changed this. Look again, then repeat.
web-error-invalid = { $what }: { $why }
web-error-setting = The database is not set up yet (rajut setup), or one of its settings cannot be used.
web-error-disk-full = The disk is full and nothing was changed. Tell the administrator, then repeat.
web-error-unavailable = The database cannot be reached at the moment. Wait a little, then repeat.
web-error-paper = The paper could not be written. Tell the administrator the incident number.
web-error-no-signer = Nobody holds the post that signs, so the draft cannot be shown.
web-error-date = The date cannot be read.
web-sign-in = Sign in
web-sign-out = Sign out
web-account = Account
web-sign-in-why = Sign in with your account to see what waits for you.
web-sign-in-wrong = Account name, password or PIN is wrong.
web-sign-in-code = The password is right. Enter the 6-digit code of your authenticator as well.
web-sign-in-wait = Too many wrong tries. Try again after { $until }.
web-sign-in-other = Somebody else
web-login = Account name
web-password = Password
web-code = 6-digit code
web-code-help = Only if you use a second factor.
web-forgotten = Forgot your password, or lost your phone? Ask an administrator for a new link.
web-pin = PIN of this phone
web-pin-new = New PIN, 6 digits
web-reason = Reason
web-invitation = Set a password
web-invitation-why = Your account name: { $what }. Set a password that only you know.
web-password-new = New password
web-password-again = Once more
web-password-old = Present password
web-password-set = Set the password
web-password-change = Change the password
web-password-help = At least 10 characters. A few unrelated words are stronger and easier to remember.
web-password-differs = The two passwords differ.
web-phones = Remembered phones
web-phones-why = On a remembered phone you sign in by a PIN, and the PIN confirms every act of authority. If a phone is lost, forget it here.
web-phone-remember = Remember this phone
web-phone-forget = Forget this phone
web-phone-label = What to call it, such as "Office phone"
web-factor = Second factor
web-factor-on = A second factor is in use: signing in by password asks for a code of the authenticator.
web-factor-why = A code of an authenticator protects the account even if somebody knows the password.
web-factor-begin = Use a second factor
web-factor-end = End the second factor
web-factor-picture = QR code for the authenticator
web-factor-seed = Without a camera, type: { $what }
web-tokens = Tokens of programs
web-tokens-why = Another program acts on your behalf with a token. Name it by its use, and revoke it when it is not needed.
web-token-new = Make a token
web-token-end = Revoke the token
web-token-label = Use
web-token-scope = May
web-token-read = read only
web-token-act = do all that I may
web-token-days = In force, days
web-token-once = This token is shown once: { $token }
web-places = Where you are signed in
web-place-here = here
web-sign-out-elsewhere = Sign out everywhere else
web-account-password-set = The password is changed; elsewhere you are signed out.
web-account-factor-set = The second factor is in use.
web-account-factor-ended = The second factor is ended.
web-account-phone-set = This phone is remembered.
web-account-phone-ended = That phone is forgotten.
web-account-token-ended = The token is revoked.
web-account-signed-out = You are signed out everywhere else.
web-error-sign-in = Sign in first.
web-error-scope = This token is for reading only.
web-error-api-token = The token is not in force.
web-error-try-again = Too many wrong tries. Wait a few minutes, then try again.
web-error-invitation = This link is not good any more. Ask an administrator for a new one.
web-error-phone = This phone is not remembered. Sign in by password.
web-first-link = Nobody can sign in yet. Set the password of the administrator ({ $login }) by this link, good for an hour: { $link }
web-filter = Filter
web-by-team = By team
web-by-district = By district
web-team-none = no team yet
web-bar-of = { $met } of { $targets } met
web-bar-overdue = { $count } overdue
web-figure-parts = Parts waited for
web-figure-reports = Reports accepted
web-hindered = What stands in the way
web-targets-shown = { $shown } of { $all } targets shown.
web-until = by { $what }
web-cause-give = Give the cause
web-cause-word = Cause of the delay
web-cause-record = Record the cause
web-order-new = Draft an order
web-order-title = Title
web-order-title-usual = Network maintenance, quarter { $quarter } of { $year }
web-order-purpose-usual = to check and maintain the devices and links of the regional intranet
web-order-all-sites = All sites
web-order-some-sites = The sites chosen below
web-order-choose = Choose districts and sites
web-order-pick = Tick whole districts, or open one and tick its sites
web-sites-count = { $count ->
    [one] { $count } site
   *[other] { $count } sites
}
web-order-left = { $count ->
    [one] Take along one site that the run before left
   *[other] Take along { $count } sites that the run before left
}
web-order-left-which = Which ones, and why
web-order-scope-said = This order was given by word of mouth: its sites stay. Others are added by an addendum.
web-valid-from = Valid from
web-valid-until = Valid until
web-order-basis = Other basis
web-order-basis-help = The procedure and its legal basis are named by themselves.
web-order-named-choose = People named in the order
web-order-save = Save the draft
web-order-not-yours = An order is drafted by the clerk, the section head or the division head, until it is issued.
web-order-edit = Edit the draft or record a verbal order
web-order-submit = Lay before the head
web-order-initial = Initial the draft
web-waits-submit = The draft order “{ $run }” has not been laid before the head yet.
web-back-to-run = Back to the run
web-verbal = The order was given by word of mouth
web-verbal-why = Record who ordered it and when. Work can begin; the paper follows.
web-verbal-by = Ordered by
web-verbal-at = Given at
web-verbal-channel = By way of
web-verbal-record = Record the verbal order
web-channel-phone = telephone
web-channel-meeting = meeting
web-channel-message = message
web-channel-in-person = in person
web-addendum = Addendum
web-addendum-why = An issued order is not changed; what is added has a number of its own.
web-addendum-sites = Add sites
web-addendum-until = Valid until
web-addendum-issue = Issue the addendum
web-addendum-not-yours = An addendum is signed by whoever issues the order.
web-news-drafted = Draft saved.
web-news-initialled = Initialled.
web-news-submitted = Draft laid before the head.
web-news-verbal = Verbal order recorded.
web-news-addended = Addendum issued under number { $number }.
web-look-and-form = Look at the proposed teams
web-teams-title = Teams and targets
web-teams-proposal = Proposed spread
web-teams-summary = { $sites } sites over { $teams } teams, done on { $until } if all goes well.
web-teams-form = Form the teams and spread the targets
web-teams-too-short = The order is too short for that pace. More sites a day, or more teams.
web-teams-wait = The teams are not formed yet. It is the turn of { $who }.
web-teams-later = The teams are formed by { $who } once the order has been passed down.
web-spread-how = How to spread
web-spread-copy = As in the run before
web-spread-district = Evenly by district
web-spread-teams = Teams
web-spread-per-day = Sites a day
web-spread-from = From
web-spread-again = Propose again
web-team-name = Name of the team
web-team-leader = Leader
web-team-members = Members
web-team-vehicle = Vehicle
web-team-batch = A report for each
web-batch-day = day
web-batch-trip = trip
web-batch-week = week
web-team-change = Change the team
web-team-more = Add a team
web-team-more-short = the added team
web-team-since = From
web-team-save = Save the team
web-team-share = { $targets } sites, { $met } done
web-team-of = Team for { $what }
web-day-of = Day for { $what }
web-last-visit = Last visit
web-visit-never = never
web-from-noc = Distance from the NOC
web-nearest = { $km } km to the team's nearest site
web-carried = Left by the run before: { $what }
web-conflicts = Needs attention
web-conflicts-reason = Reason for assigning all the same
web-conflicts-none = No conflicts in the plan. Give a reason if you move it onto days off or leave.
web-conflict-leave = { $name } is on leave on { $days }.
web-conflict-two-places = { $name } is planned in two places on { $days }.
web-conflict-day-off = Days off: { $days }.
web-conflict-overtime = { $name } has no overtime order for { $days }.
web-tick = Tick
web-tick-all = Tick all that are shown
web-untick-all = Untick all
web-move = Move
web-move-to = Move to team
web-move-same-team = same team
web-move-day = Planned day
web-move-district = What is moved
web-move-ticked = only what is ticked
web-move-nothing = Tick the targets to be moved, or choose a district.
web-move-no-team = Choose a team: some of the targets have none yet.
web-reason-if-odd = Reason, if needed
web-news-teams = Teams formed, targets spread.
web-news-team = Team saved.
web-news-moved = Targets moved.
web-reports-title = Reports
web-reports-all = Reports of the teams
web-reports-none = There are no reports yet.
web-waits-report = Visits of your team in { $run } that are not reported yet: { $count }.
web-look-and-report = Report
web-report-days = Days
web-report-visits = Visits
web-report-submitted = Submitted
web-report-look = Look at it
web-report-came-back = The report came back: { $what }
web-report-back-home = Record that the team is back
web-report-returned-at = The team was back on { $what }.
web-report-results = What was done
web-report-conclusions = What follows from it
web-report-submit = Submit the report
web-report-results-usual = { $visits } visits: { $complete } complete, { $others } not. { $findings } results were recorded.
web-report-of = Report of { $team }, { $days }
web-report-ruling = It waits for you
web-report-note = A note, if any
web-report-accept = Accept the report
web-report-back-note = What must be corrected
web-submitted-by = Submitted by { $name }, { $at }
web-ruling-accepted = Accepted by { $name }, { $at }.
web-ruling-accepted-note = Accepted by { $name }, { $at }: { $note }
web-ruling-returned = Returned by { $name }, { $at }: { $note }
web-back-to-reports = Back to the reports
web-visit-at = Time
web-visit-took = Took
web-visit-outcome = Outcome
web-visit-findings = Results
web-visit-present = Present
web-open-targets = Targets that are not settled
web-partial-accept = Accept the partial visit
web-excuse = Excuse
web-excuse-reason = Reason; the site is left to the next run
web-final-title = Final report
web-final-missing = Before the final report and the end:
web-missing-targets = { $count } targets neither met nor excused
web-missing-visits = { $count } visits without an end
web-missing-complaints = { $count } complaints without a verdict
web-missing-reports = { $count } reports of teams not accepted
web-missing-unreported = { $count } visits in no report
web-final-results-usual = { $met } of { $targets } sites met, { $excused } excused; { $visits } visits, { $reports } reports of teams.
web-final-submit = Submit the final report
web-close = Close the run
web-close-instruction = Disposition on the final report
web-close-usual = The report is accepted. Open follow-ups are finished as scheduled.
web-closed-by = Closed by { $name }, { $at }: { $instruction }
web-news-returned = The return of the team is recorded.
web-news-reported = Report submitted.
web-news-accepted = Report accepted.
web-news-report-back = Report returned to the team.
web-news-final = Final report submitted.
web-news-closed = The run is closed.
web-news-excused = Target excused.
web-news-partial = Partial visit accepted.
web-open-untried = Not visited yet
