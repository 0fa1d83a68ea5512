//! Queries over sources, answered by DataFusion. They read what `sources` names, and nothing else: no file, no clock,
//! no chance.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, SchemaError, TableReference};
use datafusion::config::Dialect;
use datafusion::datasource::MemTable;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{DataFrame, SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use datafusion::sql::sqlparser::parser::ParserError;

use super::{Query, Table, columns};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::results::frame::{Builder, Frame};
use crate::source::RESULTS_FILE;

/// The most memory that a query may take: a product of two long tables ends with an error.
const MOST_BYTES: usize = 4 << 30;
/// How long a query may take: one that has no end, or reads a product of two long tables, ends with an error.
const MOST_TIME: Duration = Duration::from_secs(120);
const REMEDY: &str = "correct the query";

/// Returns the sources that a query reads, in order of their names.
///
/// # Errors
/// What is no query, or reads what is no source.
pub fn sources(query: &Query<'_>, known: &[&str]) -> Result<Vec<String>, Diagnostics> {
    let context = context().map_err(|error| refused(query, &error))?;
    let state = context.state();
    let statement = read(query, &context)?;
    let tables = state.resolve_table_references(&statement).map_err(|error| refused(query, &error))?;
    let mut names: Vec<String> = tables.iter().map(|table| table.table().to_owned()).collect();
    names.sort();
    names.dedup();
    let unknown = names.iter().filter(|name| !known.contains(&name.as_str()));
    let errors = unknown.map(|name| {
        let error = Diagnostic::new(query.at.clone(), format!("there is no source `{name}`"));
        error.remedy("declare it under `sources`").suggest(name, known.iter().copied())
    });
    Diagnostics(errors.collect()).into_result(names)
}

/// Returns the rows that a query gives.
///
/// # Errors
/// Columns and functions that are not there, what hangs on time or chance, and values that have no answer.
pub fn answer(query: &Query<'_>, tables: &BTreeMap<&str, Table<'_>>) -> Result<Frame, Diagnostics> {
    let context = context().map_err(|error| refused(query, &error))?;
    for (name, table) in tables {
        let batches = match table {
            Table::Rows(frame) => vec![columns::batch(frame).map_err(|error| refused(query, &error.into()))?],
            Table::Columns { root, files, columnar } => {
                let mut batches = Vec::new();
                for file in *files {
                    batches.extend(columns::batches(root, file, *columnar)?);
                }
                batches
            }
        };
        register(&context, name, batches).map_err(|error| refused(query, &error))?;
    }
    let batches = collected(query, &context, MOST_TIME)?;
    let mut builder = Builder::default();
    let number = builder.file(Path::new(RESULTS_FILE).to_path_buf());
    columns::add(&mut builder, number, &query.at, &batches)?;
    Ok(builder.finish().at(query.at.line))
}

/// Returns what a query gives, if it takes no longer than this.
fn collected(
    query: &Query<'_>,
    context: &SessionContext,
    longest: Duration,
) -> Result<Vec<RecordBatch>, Diagnostics> {
    let statement = read(query, context)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| refused(query, &error.into()))?;
    runtime.block_on(async {
        let plan =
            context.state().statement_to_plan(statement).await.map_err(|error| refused(query, &error))?;
        let reads_only =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        reads_only.verify_plan(&plan).map_err(|error| refused(query, &error))?;
        check_fixed(query, &plan)?;
        let frame = context.execute_logical_plan(plan).await.map_err(|error| refused(query, &error))?;
        let none = RecordBatch::new_empty(Arc::new(frame.schema().as_arrow().clone()));
        let answered = tokio::time::timeout(longest, run(frame)).await.map_err(|_| {
            let message = format!("this query has no answer after {} s", longest.as_secs());
            let remedy = "ask for less, or make its rows by a `command`, which runs once";
            Diagnostics::from(Diagnostic::new(query.at.clone(), message).remedy(remedy))
        })?;
        let batches = answered.map_err(|error| refused(query, &error))?;
        Ok(if batches.is_empty() { vec![none] } else { batches })
    })
}

/// Runs a plan whose every step gives way now and then: a product of long tables would keep the clock from being
/// looked at, as only its readers do so by themselves.
async fn run(frame: DataFrame) -> Result<Vec<RecordBatch>, DataFusionError> {
    let task = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await?;
    let gives_way =
        |step| Ok(Transformed::yes(Arc::new(CooperativeExec::new(step)) as Arc<dyn ExecutionPlan>));
    collect(plan.transform_up(gives_way)?.data, task).await
}

/// Returns what answers queries: in one part, so that sums do not hang on threads.
fn context() -> Result<SessionContext, DataFusionError> {
    let mut config = SessionConfig::new().with_target_partitions(1).with_information_schema(false);
    // A query that calls itself may have no end.
    config.options_mut().execution.enable_recursive_ctes = false;
    // Columns are called as the file calls them.
    config.options_mut().sql_parser.enable_ident_normalization = false;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(MOST_BYTES, 1.0)
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

fn register(context: &SessionContext, name: &str, batches: Vec<RecordBatch>) -> Result<(), DataFusionError> {
    let Some(schema) = batches.first().map(RecordBatch::schema) else {
        return Err(DataFusionError::Plan(format!("the source `{name}` has no rows")));
    };
    let table = MemTable::try_new(schema, vec![batches])?;
    context.register_table(TableReference::bare(name), Arc::new(table))?;
    Ok(())
}

/// Reads a query: one that gives rows, and changes nothing.
fn read(query: &Query<'_>, context: &SessionContext) -> Result<Statement, Diagnostics> {
    let read = context.state().sql_to_statement(query.sql, &Dialect::Generic);
    let statement = read.map_err(|error| refused(query, &error))?;
    match &statement {
        Statement::Statement(inner) if matches!(**inner, SqlStatement::Query(_)) => Ok(statement),
        _ => {
            let error = Diagnostic::new(query.at.clone(), "this is no query that gives rows");
            Err(error.remedy("begin it with SELECT or WITH").into())
        }
    }
}

/// Refuses functions that give another value each time, such as `random()` and `now()`.
fn check_fixed(query: &Query<'_>, plan: &LogicalPlan) -> Result<(), Diagnostics> {
    let mut found = None;
    let mut look = |expr: &Expr| {
        if let Expr::ScalarFunction(call) = expr
            && call.func.signature().volatility != Volatility::Immutable
        {
            found = Some(call.func.name().to_owned());
        }
        Ok(TreeNodeRecursion::Continue)
    };
    let walked = plan.apply_with_subqueries(|node| node.apply_expressions(|expr| expr.apply(&mut look)));
    walked.map_err(|error| refused(query, &error))?;
    let Some(name) = found else { return Ok(()) };
    let message = format!("`{name}()` gives another value each time, and a number of a paper has one");
    Err(Diagnostic::new(query.at.clone(), message).remedy("write the value itself").into())
}

/// Says why a query gives nothing, with the nearest name where one is not there.
fn refused(query: &Query<'_>, error: &DataFusionError) -> Diagnostics {
    let root = error.find_root();
    if let DataFusionError::SchemaError(schema, _) = root
        && let SchemaError::FieldNotFound { field, valid_fields } = schema.as_ref()
    {
        let message = format!("there is no column `{}`", field.name);
        let names: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
        return Diagnostic::new(query.at.clone(), message).suggest(&field.name, names).into();
    }
    let said = match root {
        DataFusionError::SQL(error, _) => match error.as_ref() {
            ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.clone(),
            ParserError::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
        },
        other => other.strip_backtrace(),
    };
    let mut said = said.lines().next().unwrap_or_default().trim_end_matches('.');
    // Which part of the program says so is nothing to an author.
    while let Some((_, rest)) =
        said.split_once(": ").filter(|(part, _)| part.ends_with("rror") || part.ends_with("implemented"))
    {
        said = rest;
    }
    Diagnostic::new(query.at.clone(), format!("this query has no answer: {said}")).remedy(REMEDY).into()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use datafusion::arrow::array::{ArrayRef, Int64Array};

    use super::*;
    use crate::diagnostic::Location;

    #[test]
    fn a_product_of_long_tables_ends_at_its_time() {
        let numbers = Arc::new(Int64Array::from_iter_values(0..1_000_000)) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("n", numbers)]).expect("a table");
        let context = context().expect("a context");
        register(&context, "runs", vec![batch]).expect("registered");
        let sql = "SELECT count(*) AS n FROM runs a CROSS JOIN runs b WHERE a.n + b.n > 3";
        let query = Query { sql, at: Location::new("paper/results.yaml", 3, 5) };
        let begin = Instant::now();
        let error = collected(&query, &context, Duration::from_secs(1)).expect_err("no answer");
        assert_eq!(error.0[0].message, "this query has no answer after 1 s");
        assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    }

    #[test]
    fn what_a_query_lacks_is_told_in_words() {
        let context = context().expect("a context");
        for (sql, told) in [
            (
                "SELEC 1",
                "this query has no answer: Expected: an SQL statement, found: SELEC at Line: 1, Column: 1",
            ),
            ("SELECT 1/0 AS n", "this query has no answer: Divide by zero error"),
            (
                "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n FROM t) SELECT n FROM t",
                "this query has no answer: Recursive CTEs are not enabled",
            ),
        ] {
            let query = Query { sql, at: Location::new("paper/results.yaml", 3, 5) };
            let error = collected(&query, &context, MOST_TIME).expect_err(sql);
            assert_eq!(error.0[0].message, told);
        }
    }
}
