//! What supervisors count: `/metrics` in the text form of Prometheus.
//!
//! Counted is by the template of a route, never by what stands in its place: an address may hold the secret of a link.
//! It tells nothing of any person or record.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use rajut_app::AppError;

use super::Web;
use super::failure::Failure;

/// Upper ends of the classes of durations, in seconds.
const CLASSES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How long the requests of a route took.
#[derive(Default)]
struct Durations {
    classes: [u64; CLASSES.len()],
    count: u64,
    seconds: f64,
}

#[derive(Default)]
struct Counted {
    /// By route, method and status.
    requests: BTreeMap<(String, &'static str, u16), u64>,
    durations: BTreeMap<String, Durations>,
}

/// Counts the number of open connections.
type Connections = Box<dyn Fn() -> usize + Send + Sync>;

/// The counters of this program since it began.
#[derive(Default)]
pub struct Metrics {
    counted: Mutex<Counted>,
    database_errors: AtomicU64,
    connections: OnceLock<Connections>,
}

impl Metrics {
    /// Counts a request.
    pub fn answered(&self, route: &str, method: &Method, status: u16, took: Duration) {
        // Anybody may make a method up; only those that routes have are names here.
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "other",
        };
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = took.as_secs_f64();
        *counted
            .requests
            .entry((route.to_owned(), method, status))
            .or_default() += 1;
        let durations = counted.durations.entry(route.to_owned()).or_default();
        durations.count += 1;
        durations.seconds += seconds;
        for (class, end) in durations.classes.iter_mut().zip(CLASSES) {
            *class += u64::from(seconds <= end);
        }
    }

    /// Counts a failure if it is one of the database.
    pub fn failed(&self, error: &AppError) {
        if matches!(error, AppError::Store(_)) {
            self.database_errors.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// From now on connections can be counted.
    pub fn count_connections(&self, count: impl Fn() -> usize + Send + Sync + 'static) {
        // Of one program there is one door.
        let _ = self.connections.set(Box::new(count));
    }

    fn requests(&self, text: &mut String) {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        head(text, "rajut_requests_total", "counter", "Requests answered.");
        for ((route, method, status), count) in &counted.requests {
            line(
                text,
                "rajut_requests_total",
                &[
                    ("route", route),
                    ("method", method),
                    ("status", &status.to_string()),
                ],
                count,
            );
        }
        let name = "rajut_request_duration_seconds";
        head(text, name, "histogram", "How long until the answer began.");
        for (route, durations) in &counted.durations {
            let bucket = format!("{name}_bucket");
            for (count, end) in durations.classes.iter().zip(CLASSES) {
                line(
                    text,
                    &bucket,
                    &[("route", route), ("le", &end.to_string())],
                    count,
                );
            }
            let whole = [("route", route.as_str())];
            line(text, &bucket, &[whole[0], ("le", "+Inf")], durations.count);
            line(text, &format!("{name}_sum"), &whole, durations.seconds);
            line(text, &format!("{name}_count"), &whole, durations.count);
        }
    }
}

/// A label's value as the form asks for.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
        .collect();
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", labels.join(","))
    };
    let _ = writeln!(text, "{name}{labels} {value}");
}

fn one(text: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    head(text, name, kind, help);
    line(text, name, &[], value);
}

/// `/metrics`. While the database is away it tells what this program knows itself, and that.
pub async fn tell(State(web): State<Arc<Web>>) -> Result<impl IntoResponse, Failure> {
    let mut text = String::new();
    let metrics = &web.metrics;
    head(
        &mut text,
        "rajut_build_info",
        "gauge",
        "The version of the program.",
    );
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    line(&mut text, "rajut_build_info", &version, 1);
    metrics.requests(&mut text);
    if let Some(count) = metrics.connections.get() {
        let help = "Connections that are open.";
        one(&mut text, "rajut_connections", "gauge", help, count());
    }
    let help = "Failures of the database that somebody met.";
    let errors = metrics.database_errors.load(Ordering::Relaxed);
    one(&mut text, "rajut_database_errors_total", "counter", help, errors);
    let store = web.app.store();
    let known = match (store.head().await, store.session_count(web.app.now()).await) {
        (Ok(head), Ok(sessions)) => Some((head.seq, sessions)),
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "the database was not counted");
            None
        }
    };
    let up = u8::from(known.is_some());
    one(
        &mut text,
        "rajut_database_up",
        "gauge",
        "Whether the database answers.",
        up,
    );
    if let Some((records, sessions)) = known {
        one(
            &mut text,
            "rajut_journal_records",
            "gauge",
            "Records in the journal.",
            records,
        );
        one(
            &mut text,
            "rajut_sessions",
            "gauge",
            "Sessions that are not over.",
            sessions,
        );
    }
    jobs(&web, &mut text);
    let media = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media)], text))
}

/// When each job was last done here; of several programs on one database another may have done it since.
fn jobs(web: &Web, text: &mut String) {
    let seen = web.jobs.seen();
    let name = "rajut_job_last_success_timestamp_seconds";
    head(text, name, "gauge", "When a job was last done by this program.");
    for (job, seen) in &seen {
        if let Some(done_at) = seen.done_at {
            line(text, name, &[("job", job)], done_at.as_second());
        }
    }
    let name = "rajut_job_failures_total";
    head(text, name, "counter", "Rounds of a job that failed.");
    for (job, seen) in &seen {
        line(text, name, &[("job", job)], seen.failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_fall_into_every_class_that_holds_them() {
        let metrics = Metrics::default();
        for millis in [3, 30, 20_000] {
            let took = Duration::from_millis(millis);
            metrics.answered("/undangan/{token}", &Method::GET, 200, took);
        }
        metrics.answered(
            "/",
            &Method::from_bytes(b"NONSENSE").unwrap(),
            405,
            Duration::ZERO,
        );
        let mut text = String::new();
        metrics.requests(&mut text);
        for told in [
            "rajut_requests_total{route=\"/undangan/{token}\",method=\"GET\",status=\"200\"} 3",
            "rajut_requests_total{route=\"/\",method=\"other\",status=\"405\"} 1",
            "rajut_request_duration_seconds_bucket{route=\"/undangan/{token}\",le=\"0.005\"} 1",
            "rajut_request_duration_seconds_bucket{route=\"/undangan/{token}\",le=\"0.05\"} 2",
            "rajut_request_duration_seconds_bucket{route=\"/undangan/{token}\",le=\"10\"} 2",
            "rajut_request_duration_seconds_bucket{route=\"/undangan/{token}\",le=\"+Inf\"} 3",
            "rajut_request_duration_seconds_count{route=\"/undangan/{token}\"} 3",
        ] {
            assert!(text.lines().any(|line| line == told), "{told}\n{text}");
        }
        assert!(text.contains("rajut_request_duration_seconds_sum{route=\"/undangan/{token}\"} 20.03"));
    }

    #[test]
    fn a_label_cannot_end_itself() {
        let mut text = String::new();
        line(&mut text, "a", &[("b", "x\"} 1\nc\\")], 2);
        assert_eq!(text, "a{b=\"x\\\"} 1\\nc\\\\\"} 2\n");
    }
}
